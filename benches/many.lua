-- A different object each time, in no order.
dofile("load.lua")

local requests = {}

init = function()
   for number = 0, 9999 do
      requests[number] = wrk.format("GET", string.format("/many/%05d", number))
   end
end

request = function()
   return requests[math.random(0, 9999)]
end
