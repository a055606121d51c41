"""Values and pure functions of the instrument: no input or output, no threads, no wall clock, standard library only."""
