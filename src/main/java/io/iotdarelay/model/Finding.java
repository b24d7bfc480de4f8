package io.iotdarelay.model;

/**
 * Something in a report that a rule of the model speaks against.
 *
 * @param text names the place, the kind of the value and the rule, never the value itself
 */
record Finding(Rule rule, String text) {}
