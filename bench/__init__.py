"""The budgets of speed, each as a ratio to something measured in the same minute on the same machine."""
