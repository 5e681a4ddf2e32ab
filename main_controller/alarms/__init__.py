"""When an alarm is told, when it is over, and what a person may do with it (ISA-18.2, IEC 62682); pure."""
