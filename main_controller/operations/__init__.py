"""What an operator can order, one file per order: the one way by which anything is ordered, by whomever."""
