package io.iotdarelay.model;

/**
 * Something in a report that breaks a rule of the model.
 *
 * @param text names the place, the kind of the value and the rule, never the value itself
 */
record Finding(Rule rule, String text) {}
