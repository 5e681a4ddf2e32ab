"""A backup of all that the program keeps in one file, made while it runs, and the way back into an empty place."""

from main_controller.store.backup.archive import BackupFault, Places
from main_controller.store.backup.last import LastBackup, last_backup, last_path
from main_controller.store.backup.make import back_up
from main_controller.store.backup.restore import require_backup, restore

__all__ = ["BackupFault", "LastBackup", "Places", "back_up", "last_backup", "last_path", "require_backup", "restore"]
