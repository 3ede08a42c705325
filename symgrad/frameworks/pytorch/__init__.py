"""PyTorch: the author's program run, and every way of PyTorch's to its gradients."""
