/**
 * What operators are given beside the relay: alerts, dashboards and the page that explains them. Checked against the code, by
 * promtool, and in {@link io.iotdarelay.operations.AlertsReachOperatorsIT} by a Prometheus and an Alertmanager that watch a relay.
 */
@NullMarked
package io.iotdarelay.operations;

import org.jspecify.annotations.NullMarked;
