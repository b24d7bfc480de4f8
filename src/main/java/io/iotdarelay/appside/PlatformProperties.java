package io.iotdarelay.appside;

import io.iotdarelay.egress.Origin;
import io.iotdarelay.egress.ProxyProperties;
import io.iotdarelay.settings.Between;
import io.iotdarelay.settings.FileLocation;
import io.iotdarelay.settings.Requirements;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/**
 * The application side of the platform: optional. It is used by what needs it; without it everything else works.
 *
 * @param endpoint the application-side HTTPS address of the IoTDA instance, for example
 *     {@code https://PREFIX.st1.iotda-app.REGION.myhuaweicloud.com}: scheme {@code https}, a host, and optionally a port, nothing else.
 *     The console shows it under Access Details, Application Access. Required if any other key here differs from its default.
 * @param region the region's ID, for example {@code cn-north-4}. It becomes part of the derived signature; required with that.
 * @param projectId the ID of the account's project in that region: 32 hexadecimal digits. Required.
 * @param instanceId the ID of the IoTDA instance, which is sent with each request. Most tenants need none.
 * @param appId the ID of the resource space. Required by the platform where there are several, or product IDs are ambiguous.
 * @param accessKey the access key ID (AK) of a user with rights for IoTDA. This or {@code access-key-file} is required.
 * @param accessKeyFile a file that holds it instead. It is read for each request, so it may change.
 * @param secretKey the secret access key (SK). This or {@code secret-key-file} is required.
 * @param secretKeyFile a file that holds it instead. It is read for each request, so it may change.
 * @param signature how requests are signed: {@code ordinary}; {@code derived}, with a key for the day and the region; or
 *     {@code auto}, by the host: derived, unless it is a service's shared one such as {@code iotda.cn-north-4.myhuaweicloud.com}.
 * @param sslBundle the name of a {@code spring.ssl.bundle} whose trust store is used, and whose certificate is presented, if it has one.
 *     Without it the JVM's own trust store is used. With the bundle's {@code reload-on-update} it may change while the relay runs.
 * @param requestsPerSecond how many requests this instance may send in a second. It sends fewer while the platform throttles. The tenant's
 *     limit counts for all instances, and for everybody else who uses the API.
 * @param connectTimeout how long each of these may take: resolving a name, connecting, the tunnel of a proxy, and the TLS handshake. A
 *     whole call, from reading the files of the key to the end of the answer, may take twice this and {@code response-timeout}.
 * @param responseTimeout how long the response may take.
 * @param proxy the proxy on the way, if there is one.
 */
@ConfigurationProperties("relay.platform")
public record PlatformProperties(
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable String projectId,
        @Nullable String instanceId,
        @Nullable String appId,
        @Nullable String accessKey,
        @Nullable String accessKeyFile,
        @Nullable String secretKey,
        @Nullable String secretKeyFile,
        @DefaultValue("auto") Signing signature,
        @Nullable String sslBundle,

        @Between(least = "1", most = "1000") @DefaultValue(DEFAULT_RATE)
        double requestsPerSecond,

        @Between(least = "100ms", most = "1m") @DefaultValue(DEFAULT_CONNECT_TIMEOUT)
        Duration connectTimeout,

        @Between(least = "100ms", most = "1m") @DefaultValue(DEFAULT_RESPONSE_TIMEOUT)
        Duration responseTimeout,

        @NestedConfigurationProperty @Nullable ProxyProperties proxy) {

    static final String KEY = "relay.platform";

    private static final String DEFAULT_RATE = "10";
    private static final String DEFAULT_CONNECT_TIMEOUT = "5s";
    private static final String DEFAULT_RESPONSE_TIMEOUT = "10s";

    private static final Pattern REGION = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern PROJECT_ID = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern INSTANCE_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern APP_ID = Pattern.compile("[A-Za-z0-9_-]{1,36}");

    /** What goes into a header. */
    private static final Pattern ACCESS_KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    /** How requests are signed. */
    public enum Signing {
        AUTO,
        ORDINARY,
        DERIVED
    }

    public PlatformProperties {
        if (endpoint != null && endpoint.toString().isBlank()) {
            endpoint = null;
        }
        region = set(region);
        projectId = set(projectId);
        instanceId = set(instanceId);
        appId = set(appId);
        accessKey = set(accessKey);
        accessKeyFile = set(accessKeyFile);
        secretKey = set(secretKey);
        secretKeyFile = set(secretKeyFile);
        sslBundle = set(sslBundle);
        Requirements requirements = new Requirements(KEY);
        if (endpoint == null) {
            boolean isMeant = Stream.of(
                            region,
                            projectId,
                            instanceId,
                            appId,
                            accessKey,
                            accessKeyFile,
                            secretKey,
                            secretKeyFile,
                            sslBundle,
                            proxy)
                    .anyMatch(Objects::nonNull);
            isMeant |= signature != Signing.AUTO
                    || requestsPerSecond != Double.parseDouble(DEFAULT_RATE)
                    || !connectTimeout.equals(DurationStyle.detectAndParse(DEFAULT_CONNECT_TIMEOUT))
                    || !responseTimeout.equals(DurationStyle.detectAndParse(DEFAULT_RESPONSE_TIMEOUT));
            requirements.that(
                    !isMeant, "endpoint", "is required: the application-side HTTPS address of the IoTDA instance");
        } else {
            requirements
                    .that(
                            Origin.isOne(endpoint),
                            "endpoint",
                            "'" + endpoint + "' must be https://HOST or https://HOST:PORT, with nothing after it")
                    .that(projectId != null, "project-id", "is required: the ID of the account's project in the region")
                    .that(
                            count(accessKey, accessKeyFile) > 0,
                            "access-key-file",
                            "is required, or access-key: the ID of the key that requests are signed with")
                    .that(
                            count(secretKey, secretKeyFile) > 0,
                            "secret-key-file",
                            "is required, or secret-key: what requests are signed with")
                    .that(
                            region != null || !Origin.isOne(endpoint) || isOrdinary(signature, endpoint),
                            "region",
                            "is required for the derived signature, which "
                                    + (signature == Signing.AUTO ? "this endpoint needs" : "is configured"));
        }
        requirements
                .that(matches(REGION, region), "region", "must be a region's ID, such as cn-north-4")
                .that(
                        matches(PROJECT_ID, projectId),
                        "project-id",
                        "must have 32 hexadecimal digits: the ID of the region's project, not that of the account")
                .that(matches(INSTANCE_ID, instanceId), "instance-id", "must have 1 to 64 letters, digits or '-'")
                .that(matches(APP_ID, appId), "app-id", "must have 1 to 36 letters, digits, '_' or '-'")
                .that(
                        matches(ACCESS_KEY, accessKey),
                        "access-key",
                        "must have letters, digits, '_' or '-' only: it is the ID of the key")
                .that(
                        count(accessKey, accessKeyFile) < 2,
                        "access-key-file",
                        "takes the place of access-key: set one of them")
                .that(
                        count(secretKey, secretKeyFile) < 2,
                        "secret-key-file",
                        "takes the place of secret-key: set one of them")
                .and(proxy == null ? List.of() : proxy.problems(KEY + ".proxy"))
                .check();
    }

    /** Whether there is an application side. */
    public boolean isConfigured() {
        return endpoint != null;
    }

    /** The same at another pace. */
    public PlatformProperties withRate(double perSecond) {
        return new PlatformProperties(
                endpoint,
                region,
                projectId,
                instanceId,
                appId,
                accessKey,
                accessKeyFile,
                secretKey,
                secretKeyFile,
                signature,
                sslBundle,
                perSecond,
                connectTimeout,
                responseTimeout,
                proxy);
    }

    Origin origin() {
        return new Origin(Objects.requireNonNull(endpoint));
    }

    Scheme scheme() {
        return isOrdinary(signature, origin().uri())
                ? new Scheme.Ordinary()
                : new Scheme.Derived(Objects.requireNonNull(region), Scheme.SERVICE);
    }

    /** In front of the paths of all calls. */
    String base() {
        return "/v5/iot/" + projectId;
    }

    Optional<Path> accessKeyPath() {
        return Optional.ofNullable(accessKeyFile).map(FileLocation::path);
    }

    Optional<Path> secretKeyPath() {
        return Optional.ofNullable(secretKeyFile).map(FileLocation::path);
    }

    /** Whether a key that was read could be one: it goes into a header. */
    static boolean isAccessKey(String value) {
        return ACCESS_KEY.matcher(value).matches();
    }

    private static boolean isOrdinary(Signing signature, URI endpoint) {
        return switch (signature) {
            case AUTO -> Scheme.isOrdinaryFor(endpoint.getHost());
            case ORDINARY -> true;
            case DERIVED -> false;
        };
    }

    private static boolean matches(Pattern pattern, @Nullable String value) {
        return value == null || pattern.matcher(value).matches();
    }

    /** A blank value is none: that is how an environment variable leaves something out. */
    private static @Nullable String set(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    private static long count(@Nullable String... values) {
        return Stream.of(values).filter(Objects::nonNull).count();
    }

    @Override
    public String toString() {
        return "PlatformProperties[endpoint=" + endpoint + ", projectId=" + projectId + "]";
    }
}
