"""The journal: who ordered what, what came of it, and what the grid did by itself; a client of the database (Z13a)."""

from main_controller.store.journal.heads import HeadsFile as HeadsFile
from main_controller.store.journal.journal import AHEAD as AHEAD
from main_controller.store.journal.journal import OWN as OWN
from main_controller.store.journal.journal import Journal as Journal
from main_controller.store.journal.row import JournalRow as JournalRow
from main_controller.store.journal.stages import OUTCOMES as OUTCOMES
from main_controller.store.journal.stages import Stage as Stage
from main_controller.store.journal.subjects import KINDS as KINDS
from main_controller.store.journal.subjects import Subject as Subject
