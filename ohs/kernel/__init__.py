"""What every area stands on and no area owns."""
