"""From step drafts to a checked, ordered plan, and from a plan to what its steps' reuse is decided on; all pure.

drafts ──▶ arrange ──▶ check ──▶ freeze ──▶ model.plan.Plan ──▶ fingerprint ──▶ explain
"""
