package io.iotdarelay.readback;

/**
 * What a few devices stand for: a service of a product.
 *
 * @param of the product, or the route where that is not known
 */
record Target(String of, String service) {}
