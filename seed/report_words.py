"""The words of the demo's report: Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Pair = tuple[str, str]

PHRASES: Mapping[str, Pair] = {
    "head": (
        "{title}\n{begins} 至 {ends};{steps} 步操作,单据 {documents:,} 份(其中调拨指令 {orders:,} 份),"
        "库存移动 {movements:,} 次、分录 {entries:,} 条;用时 {seconds} 秒。\n"
        "【演练】期初库存按规则推算,单位与人员均为示例,非实盘。\n",
        "{title}\n{begins} to {ends}; {steps} steps, {documents:,} papers ({orders:,} dispatch orders), "
        "{movements:,} movements with {entries:,} entries; {seconds} s.\n"
        "[Drill] Opening stock follows a stated rule; bodies and people are illustrative; nothing was counted.\n",
    ),
    "reach": (
        "【演练】72小时内可筹与基准需求(启动产能之前)",
        "[Drill] Reachable by +72 h and base need, before activation",
    ),
    "fill": ("【演练】各县(市、区)满足率(全程)", "[Drill] Need and fill by county, whole story"),
    "all": ("合计满足率", "all counties"),
    "received": ("合计收到", "received"),
    "needed": ("合计需求", "needed"),
    "supplied": ("【演练】供应来源(按动用次序,已验收)", "[Drill] Who supplied what, by cascade step, accepted"),
    "unmet": ("【演练】缺口及原因(所比较的方案)", "[Drill] What stays unmet and why, in the plan compared"),
    "produced": ("【演练】定点生产", "[Drill] Designated production"),
    "handled": (
        "运输与验收:破损 {damaged:,} 件,短少 {lost:,} 件,均已记账。\n",
        "On the way and at the door: {damaged:,} pieces damaged, {lost:,} missing, all booked.\n",
    ),
    "compared": (
        "【演练】本系统方案与人工办法({at} 同一份数据)",
        "[Drill] Our plan beside hand methods, same data of {at}",
    ),
    "compared_note": (
        "加权未满足率:按优先级 9:3:1 加权的需求中未满足的份额,各物资以其总需求折算;数量大的低级需求占比大,请看各级数。"
        "人工办法每早按今后三天的需求办理,发出即用尽;方案看满全程。"
        "人工若也看满全程且无装卸瓶颈,未满足数可与方案相同(决策记录 0010)。\n",
        "Weighted unmet: share of the need, weighed 9:3:1 by class and by item over its whole need, that is not met; a "
        "large need of a low class weighs much in it, so read the classes beside it. By hand, each morning serves "
        "the next three days and what is sent is gone; the plan looks at its whole horizon. With the whole horizon and "
        "no dock that binds, hand methods can leave as little unmet as the plan (decision 0010).\n",
    ),
    "clean": (
        "核对通过:{laws} 条不变量,直至序号 {position:,},无一违反。",
        "Books verified: {laws} laws hold up to position {position:,}.",
    ),
    "findings": ("核对发现问题:\n", "The books have findings:\n"),
    "foot": (
        "{verdict}\n打开:reserve serve --database {database}\n"
        "演练账号:{logins}\n演练口令(各账号相同,仅限本演练库):{password}\n",
        "{verdict}\nOpen it: reserve serve --database {database}\n"
        "Drill accounts: {logins}\nDrill password (the same for all, this drill only): {password}\n",
    ),
}

HEADERS: Mapping[str, Sequence[Pair]] = {
    "reach": (("物资", "item"), ("基准需求", "base need"), ("可筹", "reachable"), ("比例", "share")),
    "fill": (("区划码", "code"), ("县(市、区)", "county")),
    "supplied": (("来源", "source"), ("物资", "item"), ("验收数", "accepted")),
    "unmet": (("物资", "item"), ("缺口", "unmet"), ("原因", "because"), ("最省的办法", "cheapest help")),
    "produced": (
        ("编号", "number"),
        ("生产线", "line"),
        ("物资", "item"),
        ("计划", "planned"),
        ("产出", "made"),
        ("放行入库", "released"),
    ),
    "compared": (
        ("办法", "method"),
        ("加权未满足率", "weighted unmet"),
        ("一级未满足", "class 1 unmet"),
        ("二级未满足", "class 2 unmet"),
        ("三级未满足", "class 3 unmet"),
        ("迟到", "late"),
        ("最差县满足率", "worst county"),
        ("件公里", "piece-km"),
    ),
}

SOURCES: Mapping[str, Pair] = {
    "own_county_stock": ("本县库存", "own county"),
    "own_city_stock": ("本市库存", "own city"),
    "province_stock_above_floor": ("省级库存(底线以上)", "province above floor"),
    "neighbour_city_stock_above_floor": ("邻市库存(底线以上)", "neighbour cities above floor"),
    "accepted_offer": ("已受理的提供", "accepted offers"),
    "producer_stock_on_behalf": ("企业代储", "held on behalf by producers"),
    "capacity_activation": ("启动产能", "activated capacity"),
    "requisition": ("征用", "requisition"),
    "strategic_floor": ("战略底线", "strategic floor"),
}

CAUSES: Mapping[str, Pair] = {
    "higher_class": ("已用于更高优先级", "went to a higher class"),
    "same_class": ("同级按公平份额分配后仍不足", "shared fairly within the class"),
    "lower_class": ("已用于较低优先级", "went to a lower class"),
    "left_over": ("有货而未能及时送达", "left over, not in time"),
    "no_lane": ("无合法且可达的来源", "no lawful source in reach"),
}

UNLOCKS: Mapping[str, Pair] = {
    "open_step": ("开放下一动用次序", "open the next step"),
    "lower_floor": ("降低经常底线", "lower the operating floor"),
    "accept_late": ("接受迟到", "accept late goods"),
    "more_loading": ("加快装车", "faster loading"),
    "more_room": ("扩大道路通行量", "more room on the way"),
    "more_vehicles": ("增派车辆", "more vehicles"),
    "more_stock": ("补充库存或扩产", "more stock or output"),
}

METHODS: Mapping[str, Pair] = {
    "plan": ("本系统方案", "our plan"),
    "nearest_first": ("就近先供", "nearest first"),
    "pro_rata": ("按比例分摊", "pro rata"),
    "per_item_flow": ("逐品种最小费用流", "flow per item"),
}
