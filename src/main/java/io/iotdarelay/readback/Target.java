package io.iotdarelay.readback;

/**
 * What a few devices stand for: a service of a product, as a route makes it. Another route may send other properties of the same service.
 *
 * @param product empty where it is not known
 */
record Target(String route, String product, String service) {}
