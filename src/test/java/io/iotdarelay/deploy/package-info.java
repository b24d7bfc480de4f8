/**
 * Holds the Helm chart and the plain manifests against Kubernetes' own models, against rules of policy, and against the relay.
 * The chart is rendered by Helm itself, as a native library, on Linux with x86-64; elsewhere these tests are skipped.
 */
@NullMarked
package io.iotdarelay.deploy;

import org.jspecify.annotations.NullMarked;
