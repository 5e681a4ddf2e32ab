"""What takes several steps: Stop all, the guided transfer, the E-stop's latch, what follows a Soft Stop."""
