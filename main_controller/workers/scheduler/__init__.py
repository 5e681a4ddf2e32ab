"""What gives the orders that are due: each schedule acts once, and is seen to (B3, B4, Z12).

`scheduler` looks at the folder, `scheduled_order` follows one schedule from its moment to its end, `outcomes` has that
on the disk, `situations` says what there is to look at; what to do is decided in `rules/due.py`.
"""

from main_controller.workers.scheduler.scheduler import Scheduler as Scheduler
from main_controller.workers.scheduler.scheduler import ScheduleStatus as ScheduleStatus
from main_controller.workers.scheduler.situations import Situations as Situations
