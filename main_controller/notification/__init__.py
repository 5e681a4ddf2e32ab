"""What people are told of alarms by each channel, and when: pure rules (ISA-18.2, IEC 62682).

No I/O, no clock, no threads. A channel's step looks at the alarms as they stand and at what that channel was told of
them, so that whatever was missed in between, by a restart or an outage, is told once and as it stands then.
"""
