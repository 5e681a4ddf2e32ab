"""Who can reach this console, what it lets pass, and whom it tells: findings from what is set."""

import ipaddress

from main_controller.loopback import on_this_machine
from main_controller.selfcheck.facts import Facts
from main_controller.selfcheck.finding import Finding, Level
from main_controller.sentence import say


def address(facts: Facts) -> Finding:
    """Whether another machine reaches it, and what then keeps strangers off."""
    chosen, subject = facts.chosen, say("selfcheck.ofAddress", "Address")
    if on_this_machine(chosen.host):
        seen = say("selfcheck.loopback", "It listens on {host}, which only this machine reaches.", host=chosen.host)
        return Finding("address", subject, Level.OK, seen)
    everybody = not chosen.networks or any(ipaddress.ip_network(one).prefixlen == 0 for one in chosen.networks)
    if not everybody:
        seen = say(
            "selfcheck.openToSome",
            "It listens on {host}, for callers in {networks}; what passes there is not encrypted.",
            host=chosen.host,
            networks=list(chosen.networks),
        )
        remedy = say("selfcheck.proxy", "Put a reverse proxy with TLS before it, and set b_host to 127.0.0.1.")
        return Finding("address", subject, Level.WARNING, seen, remedy)
    seen = say(
        "selfcheck.openToAll",
        "It listens on {host} for whoever reaches that; what passes there is not encrypted.",
        host=chosen.host,
    )
    remedy = say(
        "selfcheck.nameNetworks",
        "Set b_host to 127.0.0.1, behind a reverse proxy with TLS, or name the networks that may call in "
        "allowed_networks.",
    )
    guarded = chosen.accounts or chosen.read_only
    return Finding("address", subject, Level.WARNING if guarded else Level.BAD, seen, remedy)


def tls(facts: Facts) -> Finding:
    """Whether what passes between people and this console can be read on the way."""
    chosen, subject = facts.chosen, say("selfcheck.ofTls", "TLS")
    if not on_this_machine(chosen.host):
        seen = say("selfcheck.plain", "It speaks plain HTTP, and machines on {host} call it so.", host=chosen.host)
        remedy = say("selfcheck.proxy", "Put a reverse proxy with TLS before it, and set b_host to 127.0.0.1.")
        return Finding("tls", subject, Level.BAD if chosen.accounts else Level.WARNING, seen, remedy)
    if not chosen.proxies and not chosen.public_names:
        seen = say("selfcheck.notOnTheNetwork", "Only this machine calls it, as far as is set: nothing to encrypt.")
        return Finding("tls", subject, Level.OK, seen)
    if not chosen.proxies:
        seen = say(
            "selfcheck.untrustedProxy",
            "Browsers call it as {names}, but no proxy is trusted: it takes them all for this machine, without TLS.",
            names=list(chosen.public_names),
        )
        remedy = say("selfcheck.trustProxy", "Name the reverse proxy in trusted_proxies (docs/deployment.md).")
        return Finding("tls", subject, Level.WARNING, seen, remedy)
    seen = say(
        "selfcheck.byProxy",
        "The proxies {proxies} say whether a browser came by TLS; nobody can tell from here that all do.",
        proxies=list(chosen.proxies),
    )
    remedy = say("selfcheck.proxyConfiguration", "Hold the proxy's configuration against docs/deployment.md.")
    return Finding("tls", subject, Level.NOTICE, seen, remedy)


def accounts(facts: Facts) -> Finding:
    """Whether who orders logs in."""
    chosen, subject = facts.chosen, say("selfcheck.ofAccounts", "Accounts")
    if chosen.accounts:
        return Finding("accounts", subject, Level.OK, say("selfcheck.logIn", "Who orders logs in first."))
    seen = say("selfcheck.noAccounts", "Nobody logs in: whoever reaches it can order everything, and is not known.")
    remedy = say(
        "selfcheck.accountsOn",
        "Make an account, as the program's own user, by {command} user add NAME, and set accounts to on.",
        command=chosen.command,
    )
    alone = on_this_machine(chosen.host) and not chosen.insecure
    return Finding("accounts", subject, Level.NOTICE if alone else Level.BAD, seen, remedy)


def anonymous(facts: Facts) -> Finding:
    """What a caller may whom nobody knows."""
    chosen, subject = facts.chosen, say("selfcheck.ofAnonymous", "Without a log-in")
    if not chosen.accounts:
        seen = say("selfcheck.everythingOpen", "As there are no accounts, nothing asks for a log-in.")
        return Finding("anonymous", subject, Level.NOTICE, seen, say("selfcheck.seeAccounts", "See Accounts."))
    if chosen.anonymous == "none":
        seen = say("selfcheck.nothingOpen", "Nothing is seen or stopped without a log-in.")
        return Finding("anonymous", subject, Level.OK, seen)
    remedy = say("selfcheck.anonymousNone", "Set anonymous to none unless that is meant.")
    if chosen.anonymous == "view":
        seen = say("selfcheck.viewOpen", "Whoever reaches it sees everything, but stops nothing, without a log-in.")
    else:
        seen = say("selfcheck.stopOpen", "Whoever reaches it sees everything, and may stop, without a log-in.")
    return Finding("anonymous", subject, Level.NOTICE, seen, remedy)


def one_time_codes(facts: Facts) -> Finding:
    """Whether a password alone lets somebody order."""
    chosen, subject = facts.chosen, say("selfcheck.ofCodes", "One-time codes")
    if chosen.accounts and chosen.one_time_codes:
        seen = say("selfcheck.codesWanted", "Who orders logs in with a one-time code.")
        return Finding("oneTimeCodes", subject, Level.OK, seen)
    if not chosen.accounts:
        seen = say("selfcheck.noCodes", "As there are no accounts, no code is asked for.")
        return Finding("oneTimeCodes", subject, Level.NOTICE, seen, say("selfcheck.seeAccounts", "See Accounts."))
    seen = say("selfcheck.passwordAlone", "A password alone lets its owner, or whoever learnt it, order.")
    remedy = say("selfcheck.codesOn", "Set onetimecodes to on once everybody who orders has set them up.")
    return Finding("oneTimeCodes", subject, Level.NOTICE, seen, remedy)


def read_only(facts: Facts) -> Finding:
    """Whether it takes orders."""
    subject = say("selfcheck.ofReadOnly", "Orders")
    if facts.chosen.read_only:
        seen = say("selfcheck.readOnly", "It takes only what stops (read_only).")
        remedy = say("selfcheck.readOnlyOff", "Set read_only to false where people are to operate by this console.")
        return Finding("readOnly", subject, Level.NOTICE, seen, remedy)
    return Finding("readOnly", subject, Level.OK, say("selfcheck.takesOrders", "It takes orders."))


def get_orders(facts: Facts) -> Finding:
    """Whether an address alone can order something."""
    subject = say("selfcheck.ofGetOrders", "Orders by GET")
    if not facts.chosen.get_orders:
        seen = say("selfcheck.noGetOrders", "No order is taken by GET but those that stop.")
        return Finding("getOrders", subject, Level.OK, seen)
    seen = say("selfcheck.getOrders", "Orders are taken by GET too, as the specification has it.")
    remedy = say("selfcheck.getOrdersOff", "Set get_orders to false unless a script of yours orders by GET.")
    return Finding("getOrders", subject, Level.NOTICE, seen, remedy)


def unit_networks(facts: Facts) -> Finding:
    """Whether an address that a unit tells of itself is believed anywhere."""
    chosen, subject = facts.chosen, say("selfcheck.ofUnitNetworks", "Addresses of units")
    if chosen.unit_networks:
        seen = say("selfcheck.unitsIn", "Units are believed only in {networks}.", networks=list(chosen.unit_networks))
        return Finding("unitNetworks", subject, Level.OK, seen)
    if not chosen.real_devices:
        seen = say("selfcheck.unitsNotCalled", "No unit is called at its own address: orders go to the emulator.")
        return Finding("unitNetworks", subject, Level.OK, seen)
    seen = say("selfcheck.unitsAnywhere", "A unit is called at whatever address it tells of itself.")
    remedy = say("selfcheck.nameUnitNetworks", "Name the networks in which units lie in unit_networks.")
    return Finding("unitNetworks", subject, Level.WARNING, seen, remedy)


def user(facts: Facts) -> Finding:
    """As whom it runs."""
    subject = say("selfcheck.ofUser", "User")
    if facts.chosen.root:
        seen = say("selfcheck.asRoot", "It runs as root, so that a fault in it reaches the whole machine.")
        remedy = say("selfcheck.ownUser", "Start it as a user of its own.")
        return Finding("user", subject, Level.WARNING, seen, remedy)
    return Finding("user", subject, Level.OK, say("selfcheck.notRoot", "It does not run as root."))


def channels(facts: Facts) -> Finding:
    """Whether somebody hears of every alarm, at any hour."""
    told, subject = facts.chosen.channels, say("selfcheck.ofChannels", "Channels")
    whole = [one.name for one in told if one.hours is None and not one.kinds and not one.after and one.priority >= 3]
    if whole:
        seen = say("selfcheck.heard", "Told of every kind of alarm, at every hour and at once: {names}.", names=whole)
        return Finding("channels", subject, Level.OK, seen)
    if not told:
        seen = say("selfcheck.noChannels", "Nobody is told of alarms who does not look at a page.")
        remedy = say("selfcheck.addChannel", "Name a channel in the setting channels (docs/notification.md).")
        return Finding("channels", subject, Level.WARNING, seen, remedy)
    seen = say(
        "selfcheck.partlyHeard",
        "None of the channels {names} is told of every kind of alarm, at every hour and at once.",
        names=[one.name for one in told],
    )
    remedy = say(
        "selfcheck.wholeChannel",
        "Have one without kinds, hours and after, and of priority 3 or 4: nothing falls between.",
    )
    return Finding("channels", subject, Level.WARNING, seen, remedy)
