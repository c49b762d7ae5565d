"""What the live tests and ./try are made of.  SPDX-License-Identifier: MIT"""
