# make run: a simulated cluster and its console, with nothing else installed.   make test: everything that is checked.
# make test-long: what takes long, by hand.   make install, make uninstall: as a service of a plain Debian (docs/deployment.md).
.PHONY: run test test-long scripts install uninstall
port ?= 4382
units ?= 4

run:
	@case "$(port)" in ""|*[!0-9]*|??????*) false ;; *) [ "$(port)" -ge 1 ] && [ "$(port)" -le 65535 ] ;; esac || \
	  { echo "'$(port)' is no port: use a number from 1 to 65535, as in make run port=4392." >&2; exit 1; }
	@sh venv.sh
	@venv/bin/python -c 'import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1])))' $(port) 2>/dev/null || \
	  { echo "Port $(port) is taken, or not yours to use: run make run port=4392, or set b_port (./startMain.py --b_port 4392)." >&2; exit 1; }
	@exec venv/bin/python startMain.py --simulate $(units) --b_port $(port)

test: scripts
	@sh venv.sh dev
	venv/bin/ruff check .
	venv/bin/mypy
	venv/bin/lint-imports
	@# most of them wait most of the time: four files at once keep two cores busy; three of the page, whose browsers draw
	@venv/bin/python -m pytest -n 4 --dist loadfile --ignore=tests/browser; others=$$?; \
	  venv/bin/python -m pytest -n 3 --dist loadfile tests/browser; exit $$((others + $$?))

test-long:
	@sh venv.sh dev
	DECLARED_EXAMPLES=200 venv/bin/python -m pytest -o timeout=3600 tests/system/test_declared.py
	FUZZ_REQUESTS=100000 venv/bin/python -m pytest -o timeout=3600 tests/system/test_access_fuzz.py
	venv/bin/python -m benchmarks.stops --rounds 1 --minutes 15
	CLEAN_ROOT=1 venv/bin/python -m pytest -o timeout=3600 tests/package/test_container.py
	PRACTICE=all venv/bin/python -m pytest -o timeout=3600 -n 4 tests/system/test_practice.py
	DRILLS=all venv/bin/python -m pytest -o timeout=3600 tests/system/test_drills.py -k by_hand_reaches
	PROXY_GRACETIME=70 venv/bin/python -m pytest -o timeout=3600 tests/system/test_proxies.py -k long_stop_all
	PROMETHEUS_MINUTES=5 venv/bin/python -m pytest -o timeout=3600 tests/system/test_prometheus.py
	venv/bin/python -m benchmarks.alarm_delays
	venv/bin/python -m benchmarks.alarm_delays --flap
	venv/bin/python -m benchmarks.alarm_delays --flood
	venv/bin/python -m benchmarks.alarm_delays --random 60
	venv/bin/python -m benchmarks.small_board --minutes 60

install uninstall:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" CONFDIR="$(CONFDIR)" UNITDIR="$(UNITDIR)" SYSUSERSDIR="$(SYSUSERSDIR)" \
	  PIP_FLAGS="$(PIP_FLAGS)" BUILT_WITH="$(BUILT_WITH)" sh systemd/install.sh $@

# The chart library, and what checks the page's scripts. Without npm, or its packages in reach, tests that need them are skipped and say so; in CI they fail.
scripts:
	-@[ -x node_modules/.bin/biome ] && ! [ package-lock.json -nt node_modules/.package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
