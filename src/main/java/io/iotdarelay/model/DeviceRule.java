package io.iotdarelay.model;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Devices of one product.
 *
 * @param prefix how their IDs begin
 * @param pattern matches their whole IDs; none where the prefix alone counts
 * @param product the product's ID
 */
record DeviceRule(String prefix, @Nullable Pattern pattern, String product) {

    boolean isOf(String device) {
        return device.startsWith(prefix) && (pattern == null || pattern.matches(device));
    }
}
