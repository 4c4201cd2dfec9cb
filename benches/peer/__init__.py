"""Utter and ONNX Runtime in turn: the same sentences, the same weights, the same threads, one run, one report.

`command` is the door; `prepare` brings the peer, `contestants` lets each speak in a process of its own, `rounds` says in
which order, `figures` makes numbers to compare of it, `markdown` and `page` write them down. `onnx_runtime` and
`dequantise` run in the peer's environment; all else needs the standard library and `artifacts/builder`.
"""
