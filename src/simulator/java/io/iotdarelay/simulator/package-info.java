/**
 * IoTDA as far as it is documented: the HTTPS API of devices, and as much of the application API as a relay calls. For tests, for the
 * demo, and as a program of its own ({@code docs/simulator.md}).
 *
 * <p>It is written from the documentation of the platform ({@code docs/iotda.md}) and imports nothing of the relay: a mistake
 * that both made would pass every test. Where the documents are silent, the behaviour that asks most of a client is the
 * default, and the other can be chosen.
 *
 * <p>A {@link io.iotdarelay.simulator.Ledger} keeps what was asked and what was accepted, in order, duplicates included.
 * {@link io.iotdarelay.simulator.Faults} make it late, deaf, overloaded or broken.
 */
@NullMarked
package io.iotdarelay.simulator;

import org.jspecify.annotations.NullMarked;
