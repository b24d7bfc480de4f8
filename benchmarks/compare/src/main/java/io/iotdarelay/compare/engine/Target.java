package io.iotdarelay.compare.engine;

import io.iotdarelay.compare.Scene;

/** Where a sender's requests go, and with what token. */
record Target(String path, String token) {

    static Target of(String sender, String token, Scene scene) {
        String api = switch (scene.to()) {
            case "message" -> "messages/up";
            case "properties" -> "properties/report";
            default -> "gateway/sub-devices/properties/report";
        };
        return new Target("/v5/devices/" + sender + "/sys/" + api, token);
    }
}
