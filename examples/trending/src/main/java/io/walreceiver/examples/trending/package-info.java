/**
 * What is hot now: a small application that keeps a live replica of a leader's signals, and shows the hottest of each on a page.
 *
 * <p>{@link io.walreceiver.examples.trending.Trends} asks the replica, {@link io.walreceiver.examples.trending.LiveTrends} tells it to
 * browsers, {@link io.walreceiver.examples.trending.TrendingController} answers requests. The rest is wiring.
 */
@NullMarked
package io.walreceiver.examples.trending;

import org.jspecify.annotations.NullMarked;
