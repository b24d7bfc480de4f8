/**
 * Dead letters for operators: finds and shows them, tells what each would become today, and sends them again.
 *
 * <p>Input: the dead-letter topics, read beside the flow with consumers of its own, and filters of operators. Output: letters, and {@link
 * io.iotdarelay.pipeline.Redrives.Order orders} to the poll thread, which sends them in the order of their partition and through the lane of
 * their device. What was sent is noted in a compacted topic, so that no later run sends it again; which runs go on, so that one that was cut off shows.
 *
 * <p>It guarantees that reading is bounded in records, bytes and time, on a thread of its own, and that a letter is sent again only by the
 * instance that has its source partition. It must never write to a source topic or a dead-letter topic, and it logs nothing of a
 * letter's content.
 */
@NullMarked
package io.iotdarelay.redrive;

import org.jspecify.annotations.NullMarked;
