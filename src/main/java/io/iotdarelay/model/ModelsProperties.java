package io.iotdarelay.model;

import io.iotdarelay.settings.Between;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Product models, by which reports are checked before they are sent. IoTDA answers 200 to a report that does not fit its
 * product's model and discards what does not fit.
 *
 * @param validation what is done with a report that does not fit: {@code reject} makes the record a dead letter with the reason
 *     {@code model-violation}; {@code strict} also where it only differs from what the model describes and IoTDA does not
 *     enforce; {@code lenient} does not where a value of the type {@code enum} is not listed; {@code coerce} as {@code reject},
 *     but numbers in texts become numbers and {@code 21.0} becomes a whole number; {@code strip} leaves the values out that do
 *     not fit, and delivers the rest; {@code off} checks nothing.
 * @param products the models, by product ID.
 * @param devices which devices belong to which product, by their IDs, where the directory has no {@code product_id} for them.
 *     The first that matches counts.
 * @param refreshInterval how often the platform is asked again for the models of products with {@code platform: true}.
 */
@ConfigurationProperties("relay.models")
public record ModelsProperties(
        @DefaultValue("reject") Validation validation,
        @DefaultValue Map<String, ProductProperties> products,
        @DefaultValue List<DeviceProperties> devices,

        @Between(least = "10s", most = "1d") @DefaultValue("10m")
        Duration refreshInterval) {

    /** Only files, which are followed as they change. */
    public static ModelsProperties of(
            Validation validation, Map<String, ProductProperties> products, List<DeviceProperties> devices) {
        return new ModelsProperties(validation, products, devices, Duration.ofMinutes(10));
    }

    /**
     * A product. The file alone may stand for it.
     *
     * @param file its model, for example {@code file:/etc/iotda-relay/models/meter.json}: the archive (.zip) that IoTDA's console
     *     exports, or JSON as the API returns a product. At most 4 MB. Required without {@code platform}; with it, the model until the
     *     platform has answered.
     * @param platform whether the model is that of the product on the platform, which is asked for it at the start and every
     *     {@code relay.models.refresh-interval}. Needs {@code relay.platform}.
     */
    @ConfigurationProperties("relay.models.products.*") // for the metadata, from which the documentation is made
    public record ProductProperties(
            @Nullable String file, @DefaultValue("false") boolean platform) {

        /** A file alone. */
        public static ProductProperties of(String file) {
            return new ProductProperties(file, false);
        }
    }

    /**
     * Devices of one product.
     *
     * @param prefix how their IDs begin. Either this or {@code pattern} is required.
     * @param pattern a regular expression (RE2) for their whole IDs.
     * @param product the ID of their product, one of {@code relay.models.products}. Required.
     */
    @ConfigurationProperties("relay.models.devices[]")
    public record DeviceProperties(
            @Nullable String prefix,
            @Nullable String pattern,
            @Nullable String product) {}
}
