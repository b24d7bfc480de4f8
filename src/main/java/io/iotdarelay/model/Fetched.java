package io.iotdarelay.model;

import org.jspecify.annotations.Nullable;

/**
 * The models of a product that the platform had.
 *
 * @param newest the last one that could be read
 * @param inForce the last one that the routes fit; none until then
 */
record Fetched(Model newest, @Nullable Model inForce) {}
