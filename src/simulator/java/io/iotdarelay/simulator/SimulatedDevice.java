package io.iotdarelay.simulator;

import org.jspecify.annotations.Nullable;

/**
 * A registered device.
 *
 * @param secondarySecret another secret of equal force; empty for none
 * @param certificate whether it was registered with an X.509 certificate, which HTTPS does not take
 * @param frozen whether an operator has frozen it; children cannot be frozen
 * @param product the product that its reports are checked against, instead of the registered one
 * @param productId the product that it is of; empty for none. Nothing is checked without a product
 * @param gateway the gateway of a child device
 */
public record SimulatedDevice(
        String id,
        String secret,
        String secondarySecret,
        boolean certificate,
        boolean frozen,
        @Nullable SimulatedProduct product,
        String productId,
        String nodeId,
        String name,
        @Nullable String gateway) {

    /** A device that is connected directly. */
    public static SimulatedDevice direct(String id, String secret) {
        return new SimulatedDevice(id, secret, "", false, false, null, "", id, id, null);
    }

    /** A device behind a gateway. */
    public static SimulatedDevice child(String id, String gateway) {
        return new SimulatedDevice(id, "", "", false, false, null, "", id, id, gateway);
    }

    /** A copy that is registered with a certificate. */
    public SimulatedDevice withCertificate() {
        return new SimulatedDevice(
                id, secret, secondarySecret, true, frozen, product, productId, nodeId, name, gateway);
    }

    /** A copy with another secret. */
    public SimulatedDevice withSecret(String newSecret) {
        return new SimulatedDevice(
                id, newSecret, secondarySecret, certificate, frozen, product, productId, nodeId, name, gateway);
    }

    /** A copy with another second secret. */
    public SimulatedDevice withSecondarySecret(String newSecret) {
        return new SimulatedDevice(
                id, secret, newSecret, certificate, frozen, product, productId, nodeId, name, gateway);
    }

    /** A copy whose reports are checked against that product. */
    public SimulatedDevice of(SimulatedProduct newProduct) {
        return new SimulatedDevice(
                id, secret, secondarySecret, certificate, frozen, newProduct, productId, nodeId, name, gateway);
    }

    /** A copy of a registered product. */
    public SimulatedDevice ofProduct(String newProductId) {
        return new SimulatedDevice(
                id, secret, secondarySecret, certificate, frozen, product, newProductId, nodeId, name, gateway);
    }

    SimulatedDevice frozen(boolean nowFrozen) {
        return new SimulatedDevice(
                id, secret, secondarySecret, certificate, nowFrozen, product, productId, nodeId, name, gateway);
    }

    SimulatedDevice named(String newNodeId, String newName) {
        return new SimulatedDevice(
                id, secret, secondarySecret, certificate, frozen, product, productId, newNodeId, newName, gateway);
    }

    SimulatedDevice behind(@Nullable String newGateway) {
        return new SimulatedDevice(
                id, secret, secondarySecret, certificate, frozen, product, productId, nodeId, name, newGateway);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "SimulatedDevice[" + id + (gateway == null ? "" : " behind " + gateway) + "]";
    }
}
