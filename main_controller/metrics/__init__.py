"""The figures as Prometheus has them; the only one that knows prometheus-client.

`situation.py` is all that they are made of, `instruments.py` what is counted as it happens, `cluster_families.py` and
`unit_lines.py` make series of a situation, `exposition.py` the bytes that are served.
"""
