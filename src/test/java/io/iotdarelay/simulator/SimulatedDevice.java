package io.iotdarelay.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A registered device.
 *
 * @param certificate whether it was registered with an X.509 certificate, which HTTPS does not take
 * @param frozen whether an operator has frozen it; children cannot be frozen
 * @param product the product that its reports are checked against; nothing is checked without
 * @param gateway the gateway of a child device
 */
public record SimulatedDevice(
        String id,
        String secret,
        boolean certificate,
        boolean frozen,
        @Nullable SimulatedProduct product,
        @Nullable String gateway) {

    /** A device that is connected directly. */
    public static SimulatedDevice direct(String id, String secret) {
        return new SimulatedDevice(id, secret, false, false, null, null);
    }

    /** A device behind a gateway. */
    public static SimulatedDevice child(String id, String gateway) {
        return new SimulatedDevice(id, "", false, false, null, gateway);
    }

    /** A copy that is registered with a certificate. */
    public SimulatedDevice withCertificate() {
        return new SimulatedDevice(id, secret, true, frozen, product, gateway);
    }

    /** A copy with another secret. */
    public SimulatedDevice withSecret(String newSecret) {
        return new SimulatedDevice(id, newSecret, certificate, frozen, product, gateway);
    }

    /** A copy of that product. */
    public SimulatedDevice of(SimulatedProduct newProduct) {
        return new SimulatedDevice(id, secret, certificate, frozen, newProduct, gateway);
    }

    SimulatedDevice frozen(boolean nowFrozen) {
        return new SimulatedDevice(id, secret, certificate, nowFrozen, product, gateway);
    }
}
