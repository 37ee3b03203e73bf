/** Benchmarks and the workloads they run on; see {@code docs/performance.md}. */
@NullMarked
package io.walreceiver.bench;

import org.jspecify.annotations.NullMarked;
