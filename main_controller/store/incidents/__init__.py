"""Incidents: what the black box holds of the time around a fault or a stop, kept for a year, with notes by people.

`incident.py` says what one is, which are one and which go; `incidents.py` is their front and owns the folder;
`archive.py` makes the file that leaves this machine, and `foreign_archive.py` reads one that comes from elsewhere.
"""

from main_controller.store.incidents.incident import AROUND as AROUND
from main_controller.store.incidents.incident import LONGEST as LONGEST
from main_controller.store.incidents.incident import Incident as Incident
from main_controller.store.incidents.incident import PersonsNote as PersonsNote
from main_controller.store.incidents.incident import Reason as Reason
from main_controller.store.incidents.incident import id_of as id_of
from main_controller.store.incidents.incident import number_of as number_of
from main_controller.store.incidents.incident import reason_of as reason_of
from main_controller.store.incidents.incidents import Incidents as Incidents
from main_controller.store.incidents.incidents import Reach as Reach
from main_controller.store.incidents.pool import Pool as Pool
