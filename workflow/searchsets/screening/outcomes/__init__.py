"""What the log comes to: outcomes of stages, states of works, the flow from stage to stage."""
