"""Decision lists as text: a name, what all must be met, and what any of it must be; "-" = not."""

from layers.policy_parts import Asked, Mode


def asked(text):
    return tuple(
        Asked(condition=key.removeprefix("-"), wanted=not key.startswith("-"), words=key)
        for key in text.split()
    )


def mode(name, all_of="", any_of=""):
    return Mode(name=name, all=asked(all_of), any=asked(any_of))


LISTS = {
    "dalian-2018": (
        mode("市场化选聘", "area_clear premises fund facilities"),
        mode("保障级基础物业服务", "old -area_clear -facilities -has_provider"),
    ),
    "wuhua-2018": (
        mode("规范化物业管理", any_of="basic_ready after_repair"),
        mode("“1+N”自治", "-basic_ready -has_firm can_self_govern"),
        mode("保障型管理", "-basic_ready -can_self_govern"),
    ),
    "xigang-2021": (
        mode("基础服务", "old -area_clear -basic_ready"),
        mode("专项服务", "area_clear basic_ready -has_firm"),
        mode("市场化专业服务", "area_clear premises fund facilities"),
    ),
    "xuchang-2021": (
        mode("专业物业管理", "professional_ready"),
        mode("基础物业管理", "-professional_ready basic_ready"),
        mode("业主自治管理", "-professional_ready -basic_ready"),
    ),
    "yangquan-2025": (),
}
