"""A survey of the installed PyTorch: every operation of the table at adversarial points, against certified values."""
