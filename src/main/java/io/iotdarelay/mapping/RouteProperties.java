package io.iotdarelay.mapping;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Format;
import io.iotdarelay.model.Validation;
import io.iotdarelay.telemetry.Keep;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Which topics become which reports, and how.
 *
 * <p>A <em>selector</em> is a JSON Pointer into the record's value ({@code /a/b/0}), {@code value}, {@code key},
 * {@code timestamp}, {@code topic}, or {@code header:NAME}; in {@code each} also the element ({@code .}), a part of it
 * ({@code ./a}), or of the one around it ({@code ../a}), its name ({@code .key}) and number ({@code .index}).
 *
 * @param name names the route in metrics, health and dead letters: 1 to 64 letters, digits, {@code .}, {@code _} or
 *     {@code -}, unique. Required.
 * @param to what a record becomes: a property report, a message, or properties of a child device, reported by its
 *     gateway. Required.
 * @param topics the topics that this route reads. Routes that share a topic need {@code when}, all but one. Either these or
 *     {@code topic-pattern} is required.
 * @param topicPattern a Java regular expression that matches whole topic names; topics that are created later are found, too.
 *     A topic that another route names belongs to that one; of several matching patterns the first is used. Dead-letter topics and
 *     the topic of the device directory never match.
 * @param format the format of the records' values. {@code avro}, {@code protobuf} and {@code json-schema} are those of a schema registry's
 *     serializers; the first two need {@code relay.registry.url}. {@code auto}: what the headers {@code content-type} and {@code ce_specversion}
 *     say, JSON without them.
 * @param compression how the values are compressed, apart from Kafka's own compression. {@code auto}, which {@code format: auto}
 *     stands for too: what the header {@code content-encoding} says. Default: {@code none}.
 * @param maxValueSize what a value may expand to, by its compression or by texts that it refers to: 1KB to 64MB. What expands to
 *     more is {@code undecodable}.
 * @param csv the form of CSV lines; for {@code format: csv} and {@code auto} only.
 * @param keyFormat what the selector {@code key} reads: UTF-8 {@code text}, {@code json} (a text in quotes, for example), or
 *     a number or a {@code uuid} in binary, the highest byte first, as Kafka's serializers write them.
 * @param headerFormat what the selector {@code header:NAME} reads: UTF-8 {@code text}, or values of {@code amqp} 1.0, as
 *     Azure Event Hubs and IoT Hub write them.
 * @param deviceId the ID of the device that the record is about: a selector, a template or a rule. Required.
 * @param gatewayId the ID of the gateway, likewise; for {@code to: gateway} only. Without it the directory determines the child's
 *     gateway.
 * @param services the services to report; for {@code properties} and {@code gateway}. Without them the value must be in
 *     IoTDA's own format, {@code {"services":[...]}}, and is passed on.
 * @param message the fields of the message; for {@code to: message} only.
 * @param product the ID of the product whose model its devices have, one of {@code relay.models.products}; for devices that have
 *     no product by the directory or by {@code relay.models.devices}.
 * @param validation what is done with a report that does not fit its product's model; {@code relay.models.validation} without.
 * @param when conditions that a record must fulfil to take the route: selectors, each with a value, a list of values, or
 *     {@code exists}, {@code matches}, {@code is}, {@code above}, {@code at-least}, {@code below}, {@code at-most}; and
 *     {@code all}, {@code any} and {@code not}. Routes that share a topic need it, all but one.
 * @param each an array or an object of which each element becomes a report: a selector, or several for elements of elements.
 * @param eachWhen conditions that an element must fulfil to become a report.
 * @param servicesFrom an array of entries in IoTDA's own form that is passed on; in place of {@code services}.
 * @param whole whether nothing of a record is sent where a part of it cannot be mapped.
 * @param keep which of a device's waiting reports by this route are sent: {@code all}, or the {@code latest} of each service;
 *     {@code relay.lane.keep} without. Messages are always sent.
 * @param devices the devices that the route may speak for; all by default. A record that speaks for another one is a dead letter,
 *     {@code not-permitted}.
 * @param deadLetter the route's own dead letters.
 * @param provision how devices are created on the platform that neither the directory nor the platform knows. Without it none are.
 *     Needs {@code relay.devices.platform: true}.
 */
@ConfigurationProperties("relay.routes[]") // for the metadata, from which the documentation is made
public record RouteProperties(
        @Nullable String name,
        @DefaultValue List<String> topics,
        @Nullable String topicPattern,
        @DefaultValue("json") Format format,
        @Nullable Compression compression,
        @DefaultValue("4MB") DataSize maxValueSize,
        @Nullable CsvProperties csv,
        @DefaultValue("text") KeyFormat keyFormat,
        @DefaultValue("text") HeaderFormat headerFormat,
        @Nullable Target to,
        @Nullable RuleProperties deviceId,
        @Nullable RuleProperties gatewayId,
        @DefaultValue List<ServiceProperties> services,
        @Nullable MessageProperties message,
        @Nullable String product,
        @Nullable Validation validation,
        @Nullable Map<String, Object> when,
        @DefaultValue List<EachProperties> each,
        @Nullable Map<String, Object> eachWhen,
        @Nullable RuleProperties servicesFrom,
        @DefaultValue("false") boolean whole,
        @Nullable Keep keep,
        @Nullable DevicesProperties devices,
        @Nullable DeadLetterProperties deadLetter,
        @Nullable ProvisionProperties provision) {

    /**
     * Devices that keep to every rule given here; at least one.
     *
     * @param prefix how their IDs begin, such as {@code plant-a-}.
     * @param pattern a regular expression (RE2) for their whole IDs.
     * @param group the group that the device directory has for them, in its column {@code group}: 1 to 64 letters, digits, {@code .},
     *     {@code _} or {@code -}. A device that is not in the directory is in no group.
     */
    public record DevicesProperties(
            @Nullable String prefix,
            @Nullable String pattern,
            @Nullable String group) {}

    /**
     * How devices are created on the platform. What a record says must be valid there, or the record is a dead letter as for any unknown
     * device, with that reason. Rules are as for {@code device-id}: a selector, a template or a rule.
     *
     * @param ids a regular expression (RE2) for the whole IDs of the devices that may be created. Required.
     * @param productId the product of new devices: its ID, or a template such as {@code {/model}}. Either this or {@code product-id-from}
     *     is required.
     * @param productIdFrom produces the ID of the product: a selector or a rule.
     * @param nodeId the name that the device has at home, such as its serial number, unique in the product: 1 to 64 letters, digits,
     *     {@code _} or {@code -}. The device's ID without.
     * @param name a name for people, up to 256 characters; none without, and where an {@code optional} rule finds none.
     * @param mostPerHour how many devices an instance creates for the route in any 60 minutes, gateways included: 1 to 100,000. It begins
     *     to count anew when the instance starts.
     * @param dryRun whether devices are only said to be created: in the log, once each, and in the metrics.
     * @param changeGateway whether a child that is behind another gateway on the platform is moved to the one that the record names; for
     *     {@code to: gateway} only.
     * @param gateway how gateways are created that nobody knows; for {@code to: gateway} only. Without it none are.
     */
    @ConfigurationProperties("relay.routes[].provision")
    public record ProvisionProperties(
            @Nullable String ids,
            @Nullable String productId,
            @Nullable RuleProperties productIdFrom,
            @Nullable RuleProperties nodeId,
            @Nullable RuleProperties name,
            @DefaultValue("100") int mostPerHour,
            @DefaultValue("false") boolean dryRun,
            @DefaultValue("false") boolean changeGateway,
            @Nullable NewGatewayProperties gateway) {}

    /**
     * How gateways are created.
     *
     * @param ids a regular expression (RE2) for the whole IDs of the gateways that may be created. Required.
     * @param productId their product: its ID, or a template. Either this or {@code product-id-from} is required.
     * @param productIdFrom produces the ID of the product: a selector or a rule.
     * @param nodeId the name that the gateway has at home, as for the device. The gateway's ID without.
     * @param name a name for people, as for the device.
     */
    @ConfigurationProperties("relay.routes[].provision.gateway")
    public record NewGatewayProperties(
            @Nullable String ids,
            @Nullable String productId,
            @Nullable RuleProperties productIdFrom,
            @Nullable RuleProperties nodeId,
            @Nullable RuleProperties name) {}

    /**
     * The route's dead letters.
     *
     * @param topic their topic, in place of {@code relay.dead-letter.topic}. Routes that share a topic need the same one.
     */
    public record DeadLetterProperties(@Nullable String topic) {}

    /**
     * An array or an object whose elements are taken one by one. A selector alone may stand for it.
     *
     * @param from where it is: a selector. Either this or {@code expression} is required.
     * @param expression an expression of JSONata that yields it.
     * @param optional where it is missing, there is nothing to report; without, the record is a dead letter.
     */
    public record EachProperties(
            @Nullable String from,
            @Nullable String expression,
            @DefaultValue("false") boolean optional) {

        /** A selector alone. */
        public static EachProperties of(String from) {
            return new EachProperties(from, null, false);
        }
    }

    /** What the headers of a record can be. */
    public enum HeaderFormat {
        TEXT,
        AMQP
    }

    /** What a record can become. */
    public enum Target {
        PROPERTIES,
        MESSAGE,
        GATEWAY
    }

    /**
     * The form of CSV lines.
     *
     * @param columns the names of the columns, in their order. Required.
     * @param separator the character between columns.
     * @param quote the character around a column that contains a separator, a line end or, doubled, itself. Empty: quotes have
     *     no meaning.
     */
    public record CsvProperties(
            @DefaultValue List<String> columns,
            @DefaultValue(",") String separator,
            @DefaultValue("\"") String quote) {}

    /**
     * One entry of {@code services} in the report.
     *
     * @param id the {@code service_id} of the product model, 1 to 64 characters, or a template such as {@code {/type}}. Either
     *     this or {@code id-from} is required.
     * @param idFrom produces the {@code service_id}: a selector or a rule.
     * @param eventTime when the reading was taken, a selector or a rule: text in one of the usual formats, or a number since
     *     1970 whose unit follows from its magnitude; or {@code arrival}. Without it the record's timestamp is used.
     * @param properties property names, each with a selector or a rule. At least one. {@code *} means all members of an
     *     object.
     * @param when conditions that the record, or the element of {@code each}, must fulfil to become an entry; as for a route.
     * @param each an array or an object of which each element becomes an entry; as for a route.
     */
    @ConfigurationProperties("relay.routes[].services[]")
    public record ServiceProperties(
            @Nullable String id,
            @Nullable RuleProperties idFrom,
            @Nullable RuleProperties eventTime,
            @DefaultValue Map<String, RuleProperties> properties,
            @Nullable Map<String, Object> when,
            @DefaultValue List<EachProperties> each) {

        /** In place of a property's name: all members of an object. */
        static final String ALL = "*";

        /** Whether the ID is a template. */
        boolean hasTemplate() {
            return id != null && id.contains("{");
        }
    }

    /**
     * The fields of a message.
     *
     * @param name the {@code name}: a selector, a template or a rule; none by default.
     * @param id the {@code id}, likewise; {@code topic-partition-offset} by default.
     * @param content the {@code content}, likewise; the whole value by default. Objects and texts are sent as they are, any
     *     other value as its JSON text.
     */
    public record MessageProperties(
            @Nullable RuleProperties name,
            @Nullable RuleProperties id,
            @Nullable RuleProperties content) {

        static final MessageProperties DEFAULT = new MessageProperties(null, null, null);
    }
}
