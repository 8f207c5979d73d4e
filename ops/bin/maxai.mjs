#!/usr/bin/env node
import '../../maxai.mjs';
