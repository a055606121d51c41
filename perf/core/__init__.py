"""Values and pure functions of the instrument: no input or output, no threads, no wall clock; the standard library
only, but for numpy in `bank`, which reads hundreds of curves at once."""
