/**
 * The other instances of the group, as an operator sees them.
 *
 * <p>Input: a question, and with what credentials. Output: what each other instance answers, and who did not answer, and why.
 *
 * <p>An instance is found by a DNS name, and never counted twice, itself included. Whoever is behind that name costs at most the time
 * and the memory that are set here, and is named.
 *
 * <p>It must never know what is asked, and it does not decide who may ask: the other instance does.
 */
@NullMarked
package io.iotdarelay.group;

import org.jspecify.annotations.NullMarked;
