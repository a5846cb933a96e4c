"""The files of a training run: written by the trainer, read by everything else."""
