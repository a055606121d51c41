"""CUDA's driver where there is none: its calls by their C prototypes (`cuda.h`, `cudaGL.h`), on this process's memory.

Each call refuses what the driver would: the wrong kind of pointer, a resource that is not mapped, a stream.
"""

import ctypes
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_int, c_size_t, c_uint, c_ulonglong, c_void_p
from typing import Any

import moderngl
import numpy as np

from perf.cuda import Driver

FINE, INVALID_VALUE, OUT_OF_MEMORY, INVALID_HANDLE = 0, 1, 2, 400
NAMES = {1: b"CUDA_ERROR_INVALID_VALUE", 2: b"CUDA_ERROR_OUT_OF_MEMORY", 400: b"CUDA_ERROR_INVALID_HANDLE"}
CONTEXT, RESOURCE, ARRAY = 0x7700112233445566, 0x5500000000, 0x6600000000  # no pointer of 32 bits is one of them


class IpcHandle(Structure):
    _fields_ = (("reserved", c_char * 64),)


class Memcpy2D(Structure):
    _fields_ = (
        ("srcXInBytes", c_size_t), ("srcY", c_size_t), ("srcMemoryType", c_int), ("srcHost", c_void_p),
        ("srcDevice", c_ulonglong), ("srcArray", c_void_p), ("srcPitch", c_size_t),
        ("dstXInBytes", c_size_t), ("dstY", c_size_t), ("dstMemoryType", c_int), ("dstHost", c_void_p),
        ("dstDevice", c_ulonglong), ("dstArray", c_void_p), ("dstPitch", c_size_t),
        ("WidthInBytes", c_size_t), ("Height", c_size_t),
    )  # fmt: skip


def call(*types: Any) -> Callable[[Any], Any]:
    """A function as the library has it; libraries hand out functions whose types are not told yet."""
    prototype = CFUNCTYPE(c_int, *types)

    def wrap(function: Any) -> Any:
        function.prototype = prototype
        return function

    return wrap


class SimulatedCuda:
    """A library of one GPU. `textures` are those that may be registered, by their names in GL; what is in `broken`
    fails with that status, and `garbles` says whether pictures arrive as they are not."""

    def __init__(self, *textures: moderngl.Texture) -> None:
        self.textures = {texture.glo: texture for texture in textures}
        self.broken: dict[str, int] = {}
        self.garbles = False
        self.memory: list[Any] = []
        self.registered: list[int | None] = []
        self.mapped: set[int] = set()
        self.opened = 0
        for name in dir(type(self)):
            function = getattr(type(self), name)
            if hasattr(function, "prototype"):
                setattr(self, name, function.prototype(self._made(name, function)))

    def _made(self, name: str, function: Any) -> Any:
        return lambda *values: self.broken.get(name) or function(self, *values)

    @property
    def driver(self) -> Driver:
        return Driver(self)

    @call(c_uint)
    def cuInit(self, flags: int) -> int:
        return INVALID_VALUE if flags else FINE

    @call(c_int, POINTER(c_char_p))
    def cuGetErrorName(self, error: int, said: Any) -> int:
        said[0] = NAMES[error]
        return FINE

    @call(POINTER(c_void_p), c_int)
    def cuDevicePrimaryCtxRetain(self, context: Any, device: int) -> int:
        context[0] = CONTEXT
        return INVALID_VALUE if device else FINE

    @call(c_void_p)
    def cuCtxSetCurrent(self, context: int) -> int:
        return FINE if context == CONTEXT else INVALID_VALUE

    @call(c_void_p)
    def cuStreamSynchronize(self, stream: int | None) -> int:
        return INVALID_VALUE if stream else FINE

    @call(POINTER(c_ulonglong), c_size_t)
    def cuMemAlloc_v2(self, pointer: Any, size: int) -> int:
        self.memory.append(ctypes.create_string_buffer(size))
        pointer[0] = ctypes.addressof(self.memory[-1])
        return FINE

    @call(c_ulonglong, c_ulonglong, c_size_t, c_void_p)
    def cuMemcpyDtoDAsync_v2(self, to: int, source: int, size: int, stream: int | None) -> int:
        room = (len(m) - (to - ctypes.addressof(m)) for m in self.memory if ctypes.addressof(m) <= to)
        if stream or not any(0 <= size <= left for left in room):
            return INVALID_VALUE
        ctypes.memmove(to, source, size)
        return FINE

    @call(POINTER(IpcHandle), c_ulonglong)
    def cuIpcGetMemHandle(self, handle: Any, pointer: int) -> int:
        found = [n for n, memory in enumerate(self.memory) if ctypes.addressof(memory) == pointer]
        if not found:
            return INVALID_VALUE
        ctypes.memmove(handle, bytes([found[0]]) + bytes(range(150, 213)), 64)
        return FINE

    @call(POINTER(c_ulonglong), IpcHandle, c_uint)
    def cuIpcOpenMemHandle_v2(self, pointer: Any, handle: IpcHandle, flags: int) -> int:
        number, *rest = bytes(handle)
        if flags != 1 or number >= len(self.memory) or rest != list(range(150, 213)):
            return INVALID_VALUE
        self.opened += 1
        pointer[0] = ctypes.addressof(self.memory[number])
        return FINE

    @call(c_ulonglong)
    def cuIpcCloseMemHandle(self, pointer: int) -> int:
        self.opened -= 1
        return FINE

    @call(POINTER(c_uint), POINTER(c_int), c_uint, c_uint)
    def cuGLGetDevices_v2(self, count: Any, devices: Any, room: int, kind: int) -> int:
        count[0], devices[0] = 1, 0
        return FINE if room and kind == 1 else INVALID_VALUE

    @call(POINTER(c_void_p), c_uint, c_uint, c_uint)
    def cuGraphicsGLRegisterImage(self, resource: Any, texture: int, target: int, flags: int) -> int:
        known = self.textures.get(texture)
        if known is None or known.components != 4 or (target, flags) != (0x0DE1, 2):
            return INVALID_VALUE
        resource[0] = RESOURCE + len(self.registered)
        self.registered.append(texture)
        return FINE

    @call(c_void_p)
    def cuGraphicsUnregisterResource(self, resource: int) -> int:
        self.registered[resource - RESOURCE] = None
        return FINE

    @call(c_uint, POINTER(c_void_p), c_void_p)
    def cuGraphicsMapResources(self, count: int, resources: Any, stream: int | None) -> int:
        if count != 1 or stream or self.registered[resources[0] - RESOURCE] is None:
            return INVALID_HANDLE
        self.mapped.add(resources[0])
        return FINE

    @call(c_uint, POINTER(c_void_p), c_void_p)
    def cuGraphicsUnmapResources(self, count: int, resources: Any, stream: int | None) -> int:
        self.mapped.discard(resources[0])
        return FINE

    @call(POINTER(c_void_p), c_void_p, c_uint, c_uint)
    def cuGraphicsSubResourceGetMappedArray(self, array: Any, resource: int, index: int, level: int) -> int:
        array[0] = ARRAY + resource - RESOURCE
        return FINE if resource in self.mapped and not index and not level else INVALID_VALUE

    @call(POINTER(Memcpy2D))
    def cuMemcpy2D_v2(self, copies: Any) -> int:
        copy = copies[0]
        texture = self.textures.get(self.registered[copy.dstArray - ARRAY] or 0)
        aside = (copy.srcXInBytes, copy.srcY, copy.dstXInBytes, copy.dstY, copy.srcHost, copy.dstHost, copy.srcArray)
        fits = texture and (copy.WidthInBytes, copy.Height) == (4 * texture.width, texture.height)
        if any(aside) or (copy.srcMemoryType, copy.dstMemoryType) != (2, 3) or not fits:
            return INVALID_VALUE
        data = np.frombuffer(ctypes.string_at(copy.srcDevice, copy.srcPitch * copy.Height), np.uint8)
        texture.write((data ^ 1 if self.garbles else data).tobytes())
        return FINE
