package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemeTest {

    @ParameterizedTest
    @CsvSource({
        "iotda.cn-north-4.myhuaweicloud.com,                       true",
        "IoTDA.CN-North-4.MyHuaweiCloud.COM,                       true",
        "iotda.myhuaweicloud.com,                                  true",
        "iotda.ap-southeast-1.huaweicloud.com,                     true",
        "iotda.cn-north-4.myhwclouds.cn,                           true",
        "abc123def4.st1.iotda-app.cn-north-4.myhuaweicloud.com,    false",
        "abc123def4.iotda-app.cn-north-4.myhuaweicloud.com,        false",
        "iotda-app.cn-north-4.myhuaweicloud.com.example,           false",
        "iotda.cn-north-4.notmyhuaweicloud.com,                    false",
        "myhuaweicloud.com,                                        false",
        "iotda.cn-north-4.myhuaweicloud.eu,                        false",
        "127.0.0.1,                                                false",
        "platform.example,                                         false"
    })
    void sharedHostsTakeTheOrdinaryKind(String host, boolean ordinary) {
        assertThat(Scheme.isOrdinaryFor(host)).isEqualTo(ordinary);
    }
}
