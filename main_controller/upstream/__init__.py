"""Whom we ask: the only place that opens connections, to apis-web, the emulator and the nodes' device drivers."""
