"""The cluster's list of deals, in the order of `/deals`, and which of them a unit has."""

from main_controller.simulator.deal import Deal, Phase


class DealBook:
    """`deals` is replaced, never edited in place, so that who walks along it is not disturbed."""

    def __init__(self) -> None:
        self.deals: list[Deal] = []
        self.changes = 0
        self._by_unit: dict[str, list[Deal]] | None = None

    def of(self, unit_id: str) -> list[Deal]:
        """The deals of one unit."""
        if self._by_unit is None:
            self._by_unit = {}
            for deal in self.deals:
                for each in deal.units:
                    self._by_unit.setdefault(each, []).append(deal)
        return self._by_unit.get(unit_id, [])

    def units(self) -> list[str]:
        """All who have a deal, in order."""
        return sorted({unit_id for deal in self.deals for unit_id in deal.units})

    def insert(self, place: int, deal: Deal) -> None:
        """A new deal; the real list has no order of its own either."""
        self.replace([*self.deals[:place], deal, *self.deals[place:]])

    def strike(self, deal: Deal) -> bool:
        """Take a deal off the list; whether it stood there."""
        if deal not in self.deals:
            return False
        self.replace([other for other in self.deals if other is not deal])
        return True

    def comes_to(self, deal: Deal, phase: Phase) -> None:
        """It has come so far."""
        deal.phase = phase
        self.changes += 1

    def drop_vanished(self, now: float) -> None:
        """Those whose time has come to go without having started (K12)."""
        if any(deal.vanishes_at is not None and now >= deal.vanishes_at for deal in self.deals):
            self.replace([deal for deal in self.deals if deal.vanishes_at is None or now < deal.vanishes_at])

    def replace(self, deals: list[Deal]) -> None:
        """Another list altogether."""
        self.deals = deals
        self.changes += 1
        self._by_unit = None
