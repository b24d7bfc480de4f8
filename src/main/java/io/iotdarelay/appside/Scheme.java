package io.iotdarelay.appside;

import java.util.Locale;
import java.util.Set;

/** How requests are signed. Instances of IoTDA want the derived kind, shared hosts the ordinary one. */
sealed interface Scheme {

    /** The service's name in what is derived. It is not {@code iotda}. */
    String SERVICE = "iotdm";

    /** With the secret access key itself. */
    record Ordinary() implements Scheme {}

    /** With a key that is derived from it for a day, a region and a service. */
    record Derived(String region, String service) implements Scheme {}

    /** Where Huawei Cloud has its shared hosts. */
    Set<String> DOMAINS = Set.of(
            "myhuaweicloud.com",
            "myhuaweicloud.cn",
            "huaweicloud.com",
            "huaweicloud.cn",
            "myhwclouds.com",
            "myhwclouds.cn");

    /** Names in front of the domain: the service's, and the region's. */
    int MOST_LABELS = 2;

    /** Whether a host takes the ordinary kind, as Huawei's own SDK decides: SERVICE.DOMAIN and SERVICE.REGION.DOMAIN do. */
    static boolean isOrdinaryFor(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return DOMAINS.stream()
                .filter(domain -> name.endsWith("." + domain))
                .map(domain -> name.substring(0, name.length() - domain.length() - 1))
                .anyMatch(names -> names.split("\\.", -1).length <= MOST_LABELS);
    }
}
