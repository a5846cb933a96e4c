"""Applications of trained models: portraits, make-up, latent-space tools, neighbours, videos."""
