"""Pictures from CUDA to GL without a trip through the host: one process lends them, another takes them into textures.

NVIDIA's driver is asked directly (CUDA Driver API 12, `cuda.h` and `cudaGL.h`): it is wherever such a GPU is, and the
show needs no torch for it. Whatever cannot be done raises CudaError, and pictures go the ordinary way.
"""

import ctypes
import sys
from contextlib import suppress
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p
from typing import Any

from perf.core.picture import Lent

LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
SLOTS = 3  # pictures that a lender keeps: the newest, the one that is being taken, and the one that is being written
DEVICES = 16  # GPUs of one GL context that are asked for, at most
GL_TEXTURE_2D = 0x0DE1
ALL_DEVICES = 1  # CU_GL_DEVICE_LIST_ALL
WRITE_DISCARD = 2  # CU_GRAPHICS_REGISTER_FLAGS_WRITE_DISCARD
PEER_ACCESS = 1  # CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS: without it nothing is opened
DEVICE, ARRAY = 2, 3  # CU_MEMORYTYPE_…
Pointer = c_uint64  # CUdeviceptr


class Handle(Structure):
    """CUipcMemHandle, which goes by value."""

    _fields_ = (("reserved", c_char * 64),)


class Copy(Structure):
    """CUDA_MEMCPY2D."""

    _fields_ = (
        ("source_x", c_size_t), ("source_y", c_size_t), ("source_kind", c_uint), ("source_host", c_void_p),
        ("source", Pointer), ("source_array", c_void_p), ("source_pitch", c_size_t),
        ("x", c_size_t), ("y", c_size_t), ("kind", c_uint), ("host", c_void_p),
        ("to", Pointer), ("array", c_void_p), ("pitch", c_size_t),
        ("width", c_size_t), ("height", c_size_t),
    )  # fmt: skip


CALLS: dict[str, tuple[Any, ...]] = {
    "cuInit": (c_uint,),
    "cuGetErrorName": (c_int, POINTER(c_char_p)),
    "cuDevicePrimaryCtxRetain": (POINTER(c_void_p), c_int),
    "cuCtxSetCurrent": (c_void_p,),
    "cuStreamSynchronize": (c_void_p,),
    "cuMemAlloc_v2": (POINTER(Pointer), c_size_t),
    "cuMemcpyDtoDAsync_v2": (Pointer, Pointer, c_size_t, c_void_p),
    "cuMemcpy2D_v2": (POINTER(Copy),),
    "cuIpcGetMemHandle": (POINTER(Handle), Pointer),
    "cuIpcOpenMemHandle_v2": (POINTER(Pointer), Handle, c_uint),
    "cuIpcCloseMemHandle": (Pointer,),
    "cuGLGetDevices_v2": (POINTER(c_uint), POINTER(c_int), c_uint, c_uint),
    "cuGraphicsGLRegisterImage": (POINTER(c_void_p), c_uint, c_uint, c_uint),
    "cuGraphicsUnregisterResource": (c_void_p,),
    "cuGraphicsMapResources": (c_uint, POINTER(c_void_p), c_void_p),
    "cuGraphicsUnmapResources": (c_uint, POINTER(c_void_p), c_void_p),
    "cuGraphicsSubResourceGetMappedArray": (POINTER(c_void_p), c_void_p, c_uint, c_uint),
}


class CudaError(Exception):
    """The driver cannot do something; its own word for why."""


class Driver:
    """The driver's calls by their names, each of which raises CudaError. Raises it where there is no such driver."""

    def __init__(self, library: Any = None) -> None:
        self._contexts: dict[int, c_void_p] = {}
        try:
            self._library = library or ctypes.CDLL(LIBRARY)
            for name, types in CALLS.items():
                getattr(self._library, name).argtypes = types
        except (OSError, AttributeError) as error:
            raise CudaError(f"no CUDA driver: {error}") from None
        self("cuInit", 0)

    def __call__(self, name: str, *values: Any) -> None:
        if status := getattr(self._library, name)(*values):
            said = c_char_p()
            self._library.cuGetErrorName(status, byref(said))
            raise CudaError(f"{name}: {(said.value or str(status).encode()).decode()}")

    def use(self, device: int) -> None:
        """Play on this GPU, in the context that torch has there, too."""
        if device not in self._contexts:
            context = c_void_p()
            self("cuDevicePrimaryCtxRetain", byref(context), device)
            self._contexts[device] = context
        self("cuCtxSetCurrent", self._contexts[device])


class Lender:
    """The sampler's end: memory on a GPU in which its newest pictures lie, each of `room` bytes at most."""

    def __init__(self, driver: Driver, device: int, room: int) -> None:
        self._driver, self._device, self._room, self._count = driver, device, room, 0
        self._memory, handle = Pointer(), Handle()
        driver.use(device)
        driver("cuMemAlloc_v2", byref(self._memory), SLOTS * room)  # ends with the process: another may have it open
        driver("cuIpcGetMemHandle", byref(handle), self._memory)
        self._handle = bytes(handle)

    def lend(self, address: int, length: int) -> Lent:
        """Copy `length` bytes from an address on the GPU, once what is under way there is done."""
        if length > self._room:
            raise CudaError(f"a picture of {length} bytes; there is room for {self._room}")
        self._count += 1
        at = self._count % SLOTS * self._room
        self._driver("cuMemcpyDtoDAsync_v2", self._memory.value + at, address, length, None)
        self._driver("cuStreamSynchronize", None)
        return Lent(self._device, self._handle, at)


class Borrower:
    """The show's end, in the thread of its GL context. `devices` are the GPUs that draw it."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._opened: dict[bytes, Pointer] = {}
        self._textures: dict[int, c_void_p] = {}
        count, found = c_uint(), (c_int * DEVICES)()
        driver("cuGLGetDevices_v2", byref(count), found, DEVICES, ALL_DEVICES)
        self.devices = tuple(found[: count.value])

    def take(self, lent: Lent, texture: int, size: tuple[int, int]) -> None:
        """Copy a picture of `size` into a GL texture of that size, of four 8-bit channels, by its name in GL."""
        driver, (width, height) = self._driver, size
        driver.use(lent.device)
        memory, resource, array = self._memory(lent.handle), self._resource(texture), c_void_p()
        driver("cuGraphicsMapResources", 1, byref(resource), None)
        try:
            driver("cuGraphicsSubResourceGetMappedArray", byref(array), resource, 0, 0)
            source = {"source_kind": DEVICE, "source": memory + lent.at, "source_pitch": 4 * width}
            copy = Copy(**source, kind=ARRAY, array=array, width=4 * width, height=height)
            driver("cuMemcpy2D_v2", byref(copy))
        finally:
            driver("cuGraphicsUnmapResources", 1, byref(resource), None)

    def forget(self, texture: int) -> None:
        """A texture is about to be released."""
        if (resource := self._textures.pop(texture, None)) is not None:
            self._driver("cuGraphicsUnregisterResource", resource)

    def _memory(self, handle: bytes) -> int:
        """Where a lender's memory lies here; of old ones, whose process has ended, one is let go."""
        if handle not in self._opened:
            while len(self._opened) > SLOTS:
                with suppress(CudaError):
                    self._driver("cuIpcCloseMemHandle", self._opened.pop(next(iter(self._opened))))
            memory = Pointer()
            self._driver("cuIpcOpenMemHandle_v2", byref(memory), Handle.from_buffer_copy(handle), PEER_ACCESS)
            self._opened[handle] = memory
        return self._opened[handle].value

    def _resource(self, texture: int) -> c_void_p:
        if texture not in self._textures:
            resource = c_void_p()
            self._driver("cuGraphicsGLRegisterImage", byref(resource), texture, GL_TEXTURE_2D, WRITE_DISCARD)
            self._textures[texture] = resource
        return self._textures[texture]
