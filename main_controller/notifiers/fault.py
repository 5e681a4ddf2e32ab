"""The one error of sending, and the words for what the network says."""

import socket
import ssl

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, foreign, say


class NotDelivered(ControllerError):
    """The message was not taken, as far as anybody knows (502)."""

    status = 502


def words_of(fault: Exception, where: str) -> Sentence:
    """What went wrong with the connection to `where`, without any secret."""
    if isinstance(fault, TimeoutError):
        return say("notifiers.timedOut", "{where} did not answer in time.", where=where)
    if isinstance(fault, ConnectionRefusedError):
        return say("notifiers.refused", "{where} refuses connections.", where=where)
    if isinstance(fault, socket.gaierror):
        return say("notifiers.noAddress", "The name of {where} cannot be resolved.", where=where)
    if isinstance(fault, ssl.SSLCertVerificationError):
        why = foreign(str(fault.verify_message))
        return say("notifiers.certificate", "{where}'s certificate is not trusted: {why}.", where=where, why=why)
    if isinstance(fault, ssl.SSLError):
        return say("notifiers.noTls", "{where} speaks no TLS that is accepted here.", where=where)
    why = foreign(str(fault.strerror if isinstance(fault, OSError) and fault.strerror else type(fault).__name__))
    return say("notifiers.broke", "The connection to {where} broke: {why}.", where=where, why=why)
