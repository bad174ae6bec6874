"""Asking for comments on a draft (征求意见): rounds, the units asked, what they answer, what the office decides."""
