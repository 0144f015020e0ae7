"""What is a customer worth? Deterministic customer lifetime value."""

from crm_core._kernels import lost_for_good

__all__ = ["lost_for_good"]
