"""The build of the voice: fetch, compile, pack, assemble; every step kept, so that an interrupted build goes
on.

`command` is the door; `build` is the order of the steps. Everything here runs on the system's Python with the
standard library alone. The two steps that need TVM run in `worker`, in an environment that `environment`
makes. Nothing here knows the model: that is the `kokoro` package beside it.
"""
